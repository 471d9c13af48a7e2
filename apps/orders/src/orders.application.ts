import {
  StandardSchemaValidationPipe,
  type INestApplication,
  type NestApplicationOptions,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import type { OrdersSettings } from './orders-settings.js';

/** Makes the application, ready to listen. The server and the tests use the same one. */
export async function createOrdersApplication(
  settings: OrdersSettings,
  options: NestApplicationOptions = {},
): Promise<INestApplication> {
  const application = await NestFactory.create(AppModule.forRoot(settings), {
    abortOnError: false,
    ...options,
  });
  application.useGlobalPipes(new StandardSchemaValidationPipe());
  return application;
}
