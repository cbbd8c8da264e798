/** The exit codes of every command; they are stable, and docs/operations.md lists them. */

export const EXIT = {
  done: 0,
  /** Trouble, or wrong use: a line on stderr says what and what to do. */
  trouble: 1,
  /** Nothing runs where the command looked. */
  notRunning: 2,
  /** It was checked, and it is not as it should be. */
  wrong: 3,
  /** It was asked for, and nobody knows whether it was done. */
  unknown: 4,
  /** Stopped by Ctrl-C before it was done; what runs until it is stopped: by a second one. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
