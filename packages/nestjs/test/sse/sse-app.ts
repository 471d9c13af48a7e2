import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, MessageEvent, Provider } from '@nestjs/common';
import { Controller, Headers, Inject, Param, Res, Sse } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Observable } from 'rxjs';
import { resumeFrom, SagaModule, SagaOrchestrator, toMessageEvents } from '../../src/index.js';
import type { MessageEventsOptions, SagaModuleOptions } from '../../src/index.js';
import { silent } from '../open-app.js';

/** An application that listens. */
export interface SseApp {
  readonly app: INestApplication;
  readonly server: Server;
  readonly sagas: SagaOrchestrator;
  /** The responses of all streams so far. */
  readonly responses: readonly ServerResponse[];
  url(sagaId: string): string;
}

/** How the application streams. */
export interface SseAppOptions {
  readonly module?: SagaModuleOptions;
  readonly events?: MessageEventsOptions;
  /** Whether the stream gets its response. @default true */
  readonly hasResponse?: boolean;
}

const streaming = Symbol('streaming');
interface Streaming {
  readonly events: MessageEventsOptions;
  readonly hasResponse: boolean;
  readonly responses: ServerResponse[];
}

@Controller('sagas')
class EventsController {
  constructor(
    private readonly sagas: SagaOrchestrator,
    @Inject(streaming) private readonly streaming: Streaming,
  ) {}

  @Sse(':sagaId/events')
  events(
    @Param('sagaId') sagaId: string,
    @Headers() headers: IncomingMessage['headers'],
    @Res({ passthrough: true }) response: ServerResponse,
  ): Observable<MessageEvent> {
    const fromSeq = resumeFrom(headers);
    const { events, hasResponse, responses } = this.streaming;
    responses.push(response);
    return toMessageEvents(this.sagas.watch(sagaId, { fromSeq }), {
      fromSeq,
      ...events,
      ...(hasResponse ? { response } : {}),
    });
  }
}

const openApps = new Set<INestApplication>();

export async function openSseApp(
  providers: readonly Provider[],
  { module = {}, events = {}, hasResponse = true }: SseAppOptions = {},
): Promise<SseApp> {
  const responses: ServerResponse[] = [];
  const testing = await Test.createTestingModule({
    imports: [SagaModule.forRoot(module)],
    controllers: [EventsController],
    providers: [...providers, { provide: streaming, useValue: { events, hasResponse, responses } }],
  })
    .setLogger(silent)
    .compile();
  const app = testing.createNestApplication();
  openApps.add(app);
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  const { port } = server.address() as AddressInfo;
  return {
    app,
    server,
    responses,
    sagas: app.get(SagaOrchestrator),
    url: (sagaId) => `http://127.0.0.1:${port}/sagas/${sagaId}/events`,
  };
}

/** Closes every application that is still open. */
export async function closeSseApps(): Promise<void> {
  const apps = [...openApps];
  openApps.clear();
  for (const app of apps) await app.close();
}
