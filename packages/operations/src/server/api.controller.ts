import { Get, Injectable, Param, Query, Req, Res } from '@nestjs/common';
import { SagasReader } from './sagas-reader.js';
import { Responder } from './responder.js';

/** The data of the page. */
@Injectable()
export class ApiController {
  constructor(
    private readonly reader: SagasReader,
    private readonly responder: Responder,
  ) {}

  @Get('api/overview')
  async overview(@Req() request: unknown, @Res() response: unknown): Promise<void> {
    this.responder.json(response, await this.reader.overview(request));
  }

  @Get('api/sagas')
  async list(@Query() query: object, @Res() response: unknown): Promise<void> {
    this.responder.json(response, await this.reader.list(query));
  }

  /** @param mark What the page has already: without a change, the answer is empty. */
  @Get('api/sagas/:sagaId')
  async saga(
    @Req() request: unknown,
    @Param('sagaId') sagaId: string,
    @Query('mark') mark: string | undefined,
    @Res() response: unknown,
  ): Promise<void> {
    const view = await this.reader.saga(request, sagaId, mark);
    if (view === undefined) this.responder.nothing(response);
    else this.responder.json(response, view);
  }

  @Get('api/workers')
  async workers(@Res() response: unknown): Promise<void> {
    this.responder.json(response, await this.reader.workers());
  }
}
