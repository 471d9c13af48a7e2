import type { IncomingMessage, ServerResponse } from 'node:http';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { startTelemetry } from './start-telemetry.js';

/** The metrics of this process in the format of Prometheus. */
@Controller('metrics')
export class MetricsController {
  private readonly exporter = startTelemetry();

  @Get()
  read(@Req() request: IncomingMessage, @Res() response: ServerResponse): void {
    this.exporter.getMetricsRequestHandler(request, response);
  }
}
