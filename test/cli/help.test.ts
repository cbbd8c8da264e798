import { expect } from 'chai';
import { COMMANDS } from '../../cli/commands.js';
import { commandHelp, overview } from '../../cli/help.js';
import { flagOf } from '../../shared/config/settings.js';

describe('cli/help', () => {
  it('lists every command, or those of a group', () => {
    for (const { words } of COMMANDS) expect(overview()).to.include(`cairn ${words} `);
    expect(overview('network ')).to.include('cairn network down').and.not.include('cairn peers');
  });

  it('lists every flag of every command', async () => {
    for (const entry of COMMANDS) {
      const { command } = await entry.load();
      const text = commandHelp(entry, command);
      const flags = [...Object.keys(command.options), ...command.settings.map(flagOf), 'help'];
      for (const flag of flags)
        expect(text, entry.words).to.match(new RegExp(`^  --${flag}\\b`, 'm'));
    }
  });
});
