import { Controller, Get, Header, HttpCode, HttpStatus, Post, UseGuards } from '@nestjs/common';
import { SameSiteGuard } from './same-site.guard.js';

/** Lets a person who watches the demonstration kill the server in the middle of an order. */
@Controller('demo')
export class DemoController {
  /** Answers that this server can be killed, and with the id of its process. */
  @Get()
  describe(): { readonly server: number } {
    return { server: process.pid };
  }

  /** The id of the process to end by `kill -9` for a power cut: the start command, with the server and the database. */
  @Get('pid')
  @Header('content-type', 'text/plain')
  findStartCommand(): string {
    return String(process.send === undefined ? process.pid : process.ppid);
  }

  /** Ends this process as a power cut would: nothing is finished, nothing is cleaned up. */
  @Post('kill')
  @HttpCode(HttpStatus.ACCEPTED)
  @UseGuards(SameSiteGuard)
  kill(): { readonly killed: number } {
    setImmediate(() => process.kill(process.pid, 'SIGKILL'));
    return { killed: process.pid };
  }
}
