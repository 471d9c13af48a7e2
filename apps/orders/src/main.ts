import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';

const application = await NestFactory.create(AppModule);
application.enableShutdownHooks();
await application.listen(process.env['PORT'] ?? 3000);
