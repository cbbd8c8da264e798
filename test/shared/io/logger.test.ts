import { Writable } from 'node:stream';

import { expect } from 'chai';

import { type LogOptions, Logger } from '../../../shared/io/logger.js';

describe('io/logger', () => {
  it('writes one JSON object a line, with the monotonic time at which it was logged', async () => {
    const { logger, lines } = log({ format: 'json' });
    const before = Number(process.hrtime.bigint()) / 1e6;
    logger.info('block connected', { height: 7, hash: 'ab', none: undefined });
    const after = Number(process.hrtime.bigint()) / 1e6;
    await logger.close();
    const [line] = lines().map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(line).to.include({ level: 'info', message: 'block connected', height: 7, hash: 'ab' });
    expect(line?.['mono']).to.be.within(before, after);
    expect(line?.['time']).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it('lets no field take the place of what each line has', async () => {
    const { logger, lines } = log({ format: 'json' });
    logger.info('true', { message: 'false', level: 'error', mono: 0 });
    await logger.close();
    const line = JSON.parse(lines()[0] ?? '') as Record<string, unknown>;
    expect(line).to.include({ level: 'info', message: 'true' }).and.not.to.include({ mono: 0 });
  });

  it('keeps the order of lines, before and after it is loaded', async () => {
    const { logger, lines } = log({ format: 'text' });
    logger.info('first');
    logger.warn('second');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(lines()).to.have.length(2);
    logger.error('third');
    await logger.close();
    expect(lines().map((line) => line.split(/ +/).slice(1).join(' '))).to.deep.equal([
      ...['info first', 'warn second', 'error third'],
    ]);
  });

  it('leaves out what is less urgent than asked for', async () => {
    const { logger, lines } = log({ format: 'text', level: 'warn' });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    await logger.close();
    expect(lines()).to.have.length(2);
  });

  it('writes plain ASCII, so that no value can forge a line or colour the terminal', async () => {
    const { logger, lines } = log({ format: 'text' });
    logger.info('peer ready', { agent: 'evil\n12:00:00 error \u001b[31m\u00e9 = "x"', empty: '' });
    await logger.close();
    expect(lines()).to.have.length(1);
    expect(lines()[0]).to.match(/^[\x20-\x7e]+$/);
    expect(lines()[0]).to.contain('evil\\n12:00:00').and.to.contain('empty=""');
  });

  it('colours the level where that is wanted, and still writes it', async () => {
    const { logger, lines } = log({ format: 'text', hasColour: true, level: 'debug' });
    logger.debug('a');
    logger.info('b');
    logger.warn('c');
    logger.error('d');
    await logger.close();
    const levels = ['debug', 'info', 'warn', 'error'];
    levels.forEach((level, i) => {
      expect(lines()[i]).to.match(new RegExp(`\u001b\\[\\d+m${level} *\u001b`));
    });
  });

  it('stops a call site that floods, and says so', async () => {
    const { logger, lines } = log({ format: 'text' });
    for (let i = 0; i < 3_000; i++) logger.warn('flood', { text: 'x'.repeat(1_000) });
    logger.info('others');
    await logger.close();
    expect(lines().join('\n').length).to.be.within(900_000, 1_100_000);
    expect(lines().at(-2)).to.contain('this is logged too often').and.to.contain('like=flood');
    expect(lines().at(-1)).to.contain('others');
  });

  it('closes with nothing to write', async () => {
    const { logger, lines } = log({ format: 'json' });
    await logger.close();
    expect(lines()).to.deep.equal([]);
  });
});

function log(options: Partial<LogOptions>): {
  readonly logger: Logger;
  readonly lines: () => string[];
} {
  let text = '';
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString();
      done();
    },
  });
  const defaults = { format: 'text', level: 'info', hasColour: false } as const;
  const logger = new Logger({ ...defaults, ...options, stream });
  return { logger, lines: () => text.split('\n').slice(0, -1) };
}
