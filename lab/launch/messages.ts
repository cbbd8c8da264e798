/** What launcher and children say to each other, most of it over Node's IPC channel. */

/** The variable that names the file with the demo wallets, to a peer that has one of them. */
export const DEMO_VARIABLE = 'CAIRN_DEMO_WALLETS';

/** To the launcher. */
export type ChildMessage =
  | {
      /** It listens and answers. */
      readonly type: 'ready';
      /** Where it takes connections, such as `127.0.0.1:6000`. */
      readonly tcpAddress: string;
      readonly httpUrl: string;
    }
  | {
      /** It ends, and this line says why and what to do. */
      readonly type: 'trouble';
      readonly sentence: string;
      /** That of the `Trouble`; empty for a bug. */
      readonly code: string;
    };

/** To a child. When the channel closes without it, the launcher is gone: that means the same. */
export interface LauncherMessage {
  readonly type: 'stop';
}

/** Whether `message` asks a child to stop. */
export function isStop(message: unknown): message is LauncherMessage {
  return typeof message === 'object' && message !== null && 'type' in message
    ? message.type === 'stop'
    : false;
}
