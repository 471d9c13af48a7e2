import { StandardSchemaValidationPipe, type NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { OrdersSettings } from './orders-settings.js';
import { servePage } from './page/serve-page.js';

/** Creates the application, ready to listen. The server and the tests use the same one. */
export async function createOrdersApplication(
  settings: OrdersSettings,
  options: NestApplicationOptions = {},
): Promise<NestExpressApplication> {
  const application = await NestFactory.create<NestExpressApplication>(AppModule.forRoot(settings), {
    abortOnError: false,
    ...options,
  });
  application.useGlobalPipes(new StandardSchemaValidationPipe());
  servePage(application);
  return application;
}
