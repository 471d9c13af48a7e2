import { InMemorySagaStorage } from '@nest-saga/core';
import { FakeClock } from '../fakes/fake-clock.js';
import { FaultyStorage } from '../fakes/faulty-storage.js';
import { describeSagaStorage } from './describe-saga-storage.js';

describeSagaStorage('InMemorySagaStorage', {
  hasTransactions: true,
  async create() {
    const clock = new FakeClock();
    const storage = new InMemorySagaStorage(clock);
    await storage.open();
    return {
      storage,
      another: async () => storage,
      transaction: (work) => storage.transaction(work),
      advance: (byMs) => clock.advance(byMs),
    };
  },
  async fragile({ storage }) {
    const faulty = new FaultyStorage(storage);
    return {
      storage: faulty,
      loseNext: (part) => faulty.inject({ outcome: 'unknown', times: 1, happens: part === 'answer' }),
    };
  },
  async destroy({ storage }) {
    await storage.close();
  },
});
