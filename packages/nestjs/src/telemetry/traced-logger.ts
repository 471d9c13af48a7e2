import { Logger } from '@nestjs/common';
import { escapeControls } from '@nest-saga/core/engine';
import type { SagaTelemetry } from './saga-telemetry.js';

/**
 * Nest's logger, whose lines about a saga end with the id of its trace, if there is one. Control characters are
 * escaped: names, codes, reasons and messages often come from outside.
 */
export class TracedLogger {
  private readonly logger: Logger;

  constructor(
    name: string,
    private readonly telemetry: SagaTelemetry | undefined,
  ) {
    this.logger = new Logger(name);
  }

  debug(line: string): void {
    this.logger.debug(this.traced(line));
  }

  log(line: string): void {
    this.logger.log(this.traced(line));
  }

  warn(line: string): void {
    this.logger.warn(this.traced(line));
  }

  error(line: string): void {
    this.logger.error(this.traced(line));
  }

  private traced(line: string): string {
    const traceId = this.telemetry?.traceId;
    const printable = escapeControls(line);
    return traceId === undefined ? printable : `${printable} trace_id=${traceId}`;
  }
}
