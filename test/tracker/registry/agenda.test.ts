import { expect } from 'chai';
import fc from 'fast-check';
import type { MonoMs } from '../../../shared/units.js';
import { Agenda } from '../../../tracker/registry/agenda.js';

const ms = (n: number): MonoMs => n as MonoMs;

describe('tracker/registry/agenda', () => {
  it('gives the slot that is due first', () => {
    const agenda = new Agenda();
    agenda.set(1, ms(30));
    agenda.set(2, ms(10));
    agenda.set(3, ms(20));
    expect(agenda.first).to.equal(2);
    expect(agenda.firstDue).to.equal(10);
  });

  it('moves a slot that is set again', () => {
    const agenda = new Agenda();
    agenda.set(1, ms(30));
    agenda.set(2, ms(10));
    agenda.set(2, ms(40));
    expect(agenda.first).to.equal(1);
    expect(agenda.due(2)).to.equal(40);
    expect(agenda.count).to.equal(2);
  });

  it('orders as a sorted list does, whatever is set and removed', () => {
    const operation = fc.record({ slot: fc.nat(200), due: fc.option(fc.nat(1000)) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 500 }), (operations) => {
        const agenda = new Agenda();
        const twin = new Map<number, number>();
        for (const { slot, due } of operations) {
          if (due === null) {
            agenda.remove(slot);
            twin.delete(slot);
          } else {
            agenda.set(slot, ms(due));
            twin.set(slot, due);
          }
          expect(agenda.firstDue).to.equal(
            twin.size === 0 ? undefined : Math.min(...twin.values()),
          );
        }
        expect(drain(agenda)).to.deep.equal([...twin.values()].sort((a, b) => a - b));
      }),
    );
  });
});

function drain(agenda: Agenda): number[] {
  const dues: number[] = [];
  for (let slot = agenda.first; slot !== undefined; slot = agenda.first) {
    dues.push(agenda.due(slot) as number);
    agenda.remove(slot);
  }
  return dues;
}
