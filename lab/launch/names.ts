/** What the peers of a local network are called: the field's cast, in its order, then numbers. */

const CAST = [
  'Alice',
  'Bob',
  'Carol',
  'Dave',
  'Eve',
  'Frank',
  'Grace',
  'Heidi',
  'Ivan',
  'Judy',
  'Kevin',
  'Laura',
  'Mallory',
  'Niaj',
  'Olivia',
  'Peggy',
  'Quentin',
  'Rupert',
  'Sybil',
  'Trent',
  'Ursula',
  'Victor',
  'Walter',
  'Xenia',
  'Yusuf',
  'Zoe',
] as const;

/** The name of peer `index`, from 0: Alice, Bob, … Zoe, Alice2, Bob2, … */
export function peerName(index: number): string {
  const round = Math.floor(index / CAST.length);
  const name = CAST[index % CAST.length] ?? '';
  return round === 0 ? name : `${name}${String(round + 1)}`;
}
