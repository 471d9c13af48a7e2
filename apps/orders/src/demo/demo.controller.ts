import { Controller, Get, Header, HttpCode, HttpStatus, Post, UseGuards } from '@nestjs/common';
import { SameSiteGuard } from './same-site.guard.js';

/** Lets whoever watches the demonstration kill the server in the middle of an order. */
@Controller('demo')
export class DemoController {
  /** Says that this server can be killed, and which process answers. */
  @Get()
  describe(): { readonly server: number } {
    return { server: process.pid };
  }

  /** The process to hand to `kill -9` for a power cut: the start command, and with it server and database. */
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
