import { jsonContextCodec } from '../context/context-codec.js';
import type { ContextCodec } from '../context/context-codec.js';
import { placedCodec } from '../definition/placed-definition.js';
import type { SagaRegistry } from '../definition/saga-registry.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import { openEntry, openHeader } from '../journal/sealed-texts.js';
import type { SagaPage, SagaStorage } from './saga-storage.js';

/**
 * A storage whose reads return the texts of encrypted sagas as they were written. It is the same storage if no saga of
 * this process is encrypted.
 */
export function openedStorage(storage: SagaStorage, registry: SagaRegistry): SagaStorage {
  const codecs = [registry.defaultCodec, ...registry.definitions.map(({ codec }) => codec)];
  if (!codecs.some(({ encrypts }) => encrypts === true)) return storage;
  const reads = openedReads(storage, new Opener(registry));
  return new Proxy(storage, {
    get(target, name) {
      if (Object.hasOwn(reads, name)) return Reflect.get(reads, name) as unknown;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

type Reads = Pick<
  SagaStorage,
  'start' | 'find' | 'findByKey' | 'load' | 'readNews' | 'readOutlines' | 'list' | 'listWaiting' | 'claim'
>;

function openedReads(storage: SagaStorage, opener: Opener): Reads {
  const page = async (reading: Promise<SagaPage>): Promise<SagaPage> => {
    const { sagas, ...rest } = await reading;
    return { sagas: sagas.map((one) => opener.header(one)), ...rest };
  };
  return {
    async start(saga) {
      const result = await storage.start(saga);
      return result.kind === 'exists' ? { ...result, header: opener.header(result.header) } : result;
    },
    find: async (sagaId) => opener.maybe(await storage.find(sagaId)),
    findByKey: async (saga, key) => opener.maybe(await storage.findByKey(saga, key)),
    async load(sagaId, afterSeq) {
      const loaded = await storage.load(sagaId, afterSeq);
      return loaded && opener.journal(loaded);
    },
    async readNews(cursors) {
      const news = await storage.readNews(cursors);
      return news.map((one) => {
        const { header } = one;
        return header === undefined ? one : opener.journal({ ...one, header });
      });
    },
    readOutlines: async (sagaIds) => (await storage.readOutlines(sagaIds)).map((one) => opener.journal(one)),
    list: (query) => page(storage.list(query)),
    listWaiting: (query) => page(storage.listWaiting(query)),
    claim: async (request) => (await storage.claim(request)).map((one) => opener.journal(one)),
  };
}

class Opener {
  constructor(private readonly registry: SagaRegistry) {}

  header<Header extends SagaHeading>(header: Header): Header {
    const codec = this.codecOf(header);
    return codec.encrypts === true ? openHeader(codec, header) : header;
  }

  maybe<Header extends SagaHeading>(header: Header | undefined): Header | undefined {
    return header && this.header(header);
  }

  journal<Read extends { readonly header: SagaHeading; readonly entries: readonly JournalEntry[] }>(
    read: Read,
  ): Read {
    const codec = this.codecOf(read.header);
    if (codec.encrypts !== true) return read;
    const entries = read.entries.map((entry) => openEntry(codec, entry));
    return { ...read, header: openHeader(codec, read.header), entries };
  }

  private codecOf({ saga, version, sagaId }: SagaHeading): ContextCodec {
    const codec = this.registry.find(saga, version)?.codec ?? this.registry.defaultCodec;
    return codec === jsonContextCodec ? codec : placedCodec(codec, { sagaId });
  }
}
