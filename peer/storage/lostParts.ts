/**
 * What the disk does not give back of a chain, though nothing is wrong with it, as sentences for
 * the operator (docs/decisions/0018-a-body-has-a-checksum.md).
 */

/** Blocks or undo data by height, at least one. */
export interface LostParts {
  readonly heights: readonly number[];
  /** A start reads what is above this height. */
  readonly startFrom: number;
}

/** What it means that something is lost, and what to do. */
export interface Loss {
  readonly problem: string;
  readonly advice: string;
}

/** Blocks of the active chain. */
export function lostBlocks({ heights, startFrom }: LostParts): Loss {
  const [first = 0] = heights;
  const isOne = heights.length === 1;
  const it = isOne ? 'it' : 'them';
  const problem = isOne
    ? `Block ${named(heights)} is lost: the disk does not give it back.`
    : `Blocks ${named(heights)} are lost: the disk does not give them back.`;
  const fetched =
    `A running peer fetches ${it} again from its peers by itself, once somebody asks for ${it} ` +
    `(such as GET /api/blocks/${String(first)}). Try again then.`;
  if (heights.every((height) => height <= startFrom)) return { problem, advice: fetched };
  const advice =
    `${fetched} Where none runs, none starts without its last blocks: ${MOVE_AWAY}, ` +
    'and start one, which fetches them all anew.';
  return { problem, advice };
}

/** Undo data of blocks that are all right. */
export function lostUndo({ heights, startFrom }: LostParts): Loss {
  const highest = heights.reduce((a, b) => Math.max(a, b));
  const isOne = heights.length === 1;
  const problem =
    `The undo data of ${isOne ? 'block' : 'blocks'} ${named(heights)} ` +
    `${isOne ? 'is' : 'are'} lost: the disk does not give back what was stored.`;
  const meaning =
    highest > startFrom
      ? 'A peer does not start without the undo data of its last blocks.'
      : `Only a reorganisation that takes back block ${String(highest)} would stop its peer.`;
  return { problem, advice: `The blocks and the coins are right. ${meaning} ${REBUILD}` };
}

const MOVE_AWAY = 'move chain.sqlite and the files beside it that begin like it away';

/** What to do with a chain that is wrong. */
export const BEGIN_ANEW =
  `Stop its peer, ${MOVE_AWAY}, ` + 'and start it again: it fetches the blocks anew.';

const REBUILD =
  `To rebuild it: stop its peer, \`cairn chain export FILE\`, ${MOVE_AWAY}, ` +
  '`cairn chain import FILE`, both with --data.';

/** More heights than this are counted. */
const NAMED_MAX = 5;

function named(heights: readonly number[]): string {
  const more = heights.length - NAMED_MAX;
  const names = heights.slice(0, NAMED_MAX).map(String);
  const last = more > 0 ? `${String(more)} more` : names.pop();
  return names.length === 0 ? (last ?? '') : `${names.join(', ')} and ${last ?? ''}`;
}
