import { createInterface } from 'node:readline';
import { NestFactory } from '@nestjs/core';
import { SagaOrchestrator } from '@nest-saga/nestjs';
import { AppModule, OrderContext } from './app.module.js';

// A live worker: each line of its input, "saga item", starts a saga, and the answer is its id.
const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
const sagas = app.get(SagaOrchestrator);
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const [saga = '', item = ''] = line.split(' ');
  const { sagaId } = await sagas.start(new OrderContext(item), { saga });
  console.log(sagaId);
}
await app.close();
