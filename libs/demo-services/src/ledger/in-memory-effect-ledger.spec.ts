import { describeEffectLedger } from '../../test/effect-ledger.contract.js';
import { InMemoryEffectLedger } from './in-memory-effect-ledger.js';

describeEffectLedger('the ledger in memory', async () => new InMemoryEffectLedger());
