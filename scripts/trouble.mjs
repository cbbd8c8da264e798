// What a script says when it cannot go on.

/** A failure that its own sentences explain; whoever runs the script needs no stack of ours. */
export class Trouble extends Error {}

/**
 * Runs a script's work, so that trouble ends in its sentences and exit code 1.
 *
 * @param {() => Promise<void>} work
 */
export async function runScript(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Trouble ? `\n${error.message}` : error);
    process.exit(1);
  }
}
