import '@nest-saga/nestjs/telemetry';
