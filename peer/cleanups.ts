/** The end of a program of parts: each is ended, the last one that was started first. */

/** What ends one part; the last one that was started ends first. */
export type Cleanup = () => void | Promise<void>;

/** Ends every part, also when one of them cannot end as it should: that is thrown at the end. */
export async function closeAll(cleanups: Cleanup[]): Promise<void> {
  let failure: Error | undefined;
  for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
    try {
      await cleanup();
    } catch (error) {
      failure ??= error instanceof Error ? error : new Error(String(error));
    }
  }
  if (failure !== undefined) throw failure;
}
