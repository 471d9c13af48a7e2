import { z } from 'zod';

/** From where a client goes on with its events. */
export const eventsQuerySchema = z.strictObject({ lastEventId: z.string().optional() });

/** The query of a stream of events. */
export type EventsQuery = z.infer<typeof eventsQuerySchema>;
