import { Module } from '@nestjs/common';
import { AppController } from './app.controller.js';

/** The demo application. */
@Module({ controllers: [AppController] })
export class AppModule {}
