import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CanActivate, ExecutionContext, INestApplication } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { SagaModule, SagaOrchestrator } from '@nest-saga/nestjs';
import type { SagaModuleOptions } from '@nest-saga/nestjs';
import { buildOperationsPage } from '../../../../tools/build-operations-page.mjs';
import { SagaOperationsModule } from '../../src/index.js';
import type { SagaOperationsOptions } from '../../src/index.js';
import { Answers, orderProviders } from './order-saga.js';

/** The person of a request, by its header or its cookie: the guard lets no other request in. */
export interface Staff {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** Lets requests in that name a person. */
export class StaffGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return staffOf(context.switchToHttp().getRequest<Staff>()) !== undefined;
  }
}

export function staffOf({ headers }: Staff): string | undefined {
  return headers['x-staff'] ?? /(?:^|; )staff=(\w+)/.exec(headers['cookie'] ?? '')?.[1];
}

/** An application with the page. Close it with `closePages()`. */
export interface OpenPage {
  readonly app: INestApplication;
  readonly sagas: SagaOrchestrator;
  readonly answers: Answers;
  /** The address of the server. */
  readonly origin: string;
  /** The address below which the page and its data are, with a final slash. */
  readonly url: string;
}

interface PageSettings {
  readonly platform?: 'express' | 'fastify';
  readonly prefix?: string;
  readonly operations?: Partial<SagaOperationsOptions>;
  readonly sagas?: SagaModuleOptions;
  readonly port?: number;
}

const open = new Set<INestApplication>();

export async function openPage(settings: PageSettings = {}): Promise<OpenPage> {
  const { platform = 'express', prefix, operations = {}, sagas = {}, port = 0 } = settings;
  await buildOperationsPage();
  const module = await Test.createTestingModule({
    imports: [
      SagaModule.forRoot(sagas),
      SagaOperationsModule.forRoot({
        guard: StaffGuard,
        actor: staffOf,
        roles: () => ['finance'],
        ...operations,
      }),
    ],
    providers: [...orderProviders],
  })
    .setLogger(silent)
    .compile();
  const app = module.createNestApplication(
    platform === 'express' ? new ExpressAdapter() : new FastifyAdapter(),
  );
  open.add(app);
  if (prefix !== undefined) app.setGlobalPrefix(prefix);
  await app.listen(port, '127.0.0.1');
  const address = (app.getHttpServer() as Server).address() as AddressInfo;
  const origin = `http://127.0.0.1:${address.port}`;
  const path = [prefix, operations.path ?? 'ops/sagas'].filter((part) => part !== undefined).join('/');
  return {
    app,
    sagas: app.get(SagaOrchestrator),
    answers: app.get(Answers),
    origin,
    url: `${origin}/${path}/`,
  };
}

export async function closePages(): Promise<void> {
  const apps = [...open];
  open.clear();
  for (const app of apps) await app.close();
}

const nothing = (): void => undefined;
const silent = {
  log: nothing,
  error: nothing,
  warn: nothing,
  debug: nothing,
  verbose: nothing,
  fatal: nothing,
};
