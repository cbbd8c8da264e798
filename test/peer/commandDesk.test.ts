import { expect } from 'chai';
import { CommandDesk } from '../../peer/commandDesk.js';
import type { Command, Input } from '../../peer/types.js';
import { ok } from '../../shared/result.js';
import type { BlockHash } from '../../shared/units.js';

const MINE_OFF: Command = {
  type: 'set-mining',
  mode: { type: 'off' },
  threads: undefined,
  cpuPercent: undefined,
};
const generate = (count: number) => ({ type: 'generate', count }) as const;

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('commandDesk', () => {
  it('hands in as one what comes in one turn, in order', async () => {
    const inputs: Input[] = [];
    const desk = new CommandDesk<Command, unknown>((input) => inputs.push(input));
    void desk.command(generate(1));
    void desk.command(MINE_OFF);
    expect(inputs).to.deep.equal([]);
    await turn();
    void desk.command(generate(2));
    await turn();
    await turn();
    expect(inputs).to.deep.equal([
      {
        type: 'commands',
        commands: [
          { id: 1, command: generate(1) },
          { id: 2, command: MINE_OFF },
        ],
      },
      { type: 'commands', commands: [{ id: 3, command: generate(2) }] },
    ]);
  });

  it('answers all who wait at the end, and all who come after it', async () => {
    const inputs: Input[] = [];
    const desk = new CommandDesk<Command, unknown>((input) => inputs.push(input));
    const first = desk.command(generate(1));
    await turn();
    const second = desk.command(generate(2));
    desk.close('closed');
    const answers = await Promise.all([first, second, desk.command(generate(3))]);
    expect(answers).to.deep.equal(['closed', 'closed', 'closed']);
    desk.onReply({ id: 1, result: 'late' });
    await turn();
    expect(inputs).to.have.length(1);
  });

  it('brings each answer to who asked', async () => {
    const desk = new CommandDesk<Command, unknown>(() => undefined);
    const asked = [desk.command(generate(1)), desk.command(generate(2))];
    const hashesOf = (id: number) => [String(id) as BlockHash];
    for (const id of [2, 1, 7]) {
      desk.onReply({ id, result: ok({ type: 'generated', hashes: hashesOf(id) }) });
    }
    expect(await Promise.all(asked)).to.deep.equal(
      [1, 2].map((id) => ok({ type: 'generated', hashes: hashesOf(id) })),
    );
  });
});
