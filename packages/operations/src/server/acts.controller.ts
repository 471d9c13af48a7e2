import { Body, Injectable, Param, Post, Req, Res } from '@nestjs/common';
import { PersonActs } from '../actions/person-acts.js';
import { checkWrite } from './check-write.js';
import { Responder } from './responder.js';
import { SagasReader } from './sagas-reader.js';
import { ValueReader } from './value-reader.js';

/** What people do. Each request is checked to come from the page itself. */
@Injectable()
export class ActsController {
  constructor(
    private readonly acts: PersonActs,
    private readonly reader: SagasReader,
    private readonly values: ValueReader,
    private readonly responder: Responder,
  ) {}

  @Post('api/sagas/:sagaId/actions')
  async act(
    @Req() request: unknown,
    @Param('sagaId') sagaId: string,
    @Body() body: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    checkWrite(request);
    this.responder.json(response, await this.acts.act(this.acts.personOf(request), sagaId, body));
  }

  @Post('api/sagas/:sagaId/reveal')
  async reveal(
    @Req() request: unknown,
    @Param('sagaId') sagaId: string,
    @Body() body: unknown,
    @Res() response: unknown,
  ): Promise<void> {
    checkWrite(request);
    this.responder.json(response, await this.values.reveal(request, sagaId, body));
  }

  @Post('api/bulk/preview')
  async preview(@Req() request: unknown, @Body() body: unknown, @Res() response: unknown): Promise<void> {
    checkWrite(request);
    this.acts.personOf(request);
    this.responder.json(response, await this.reader.bulkPreview(body));
  }

  @Post('api/bulk')
  async actOnMany(@Req() request: unknown, @Body() body: unknown, @Res() response: unknown): Promise<void> {
    checkWrite(request);
    this.responder.json(response, await this.acts.actOnMany(this.acts.personOf(request), body));
  }
}
