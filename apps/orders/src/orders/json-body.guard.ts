import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import {
  Injectable,
  UnsupportedMediaTypeException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';

/** Refuses a body that is not JSON: it would not be parsed, and the request would count as one without a body. */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<IncomingMessage>();
    if (!hasBody(headers) || isJson(headers)) return true;
    throw new UnsupportedMediaTypeException(
      'Send the body as JSON, with the header "content-type: application/json".',
    );
  }
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isJson({ 'content-type': type = '' }: IncomingHttpHeaders): boolean {
  return type.split(';')[0]?.trim().toLowerCase() === 'application/json';
}
