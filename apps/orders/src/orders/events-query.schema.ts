import { z } from 'zod';

/** The id of the last event that the client has, from which it continues. */
export const eventsQuerySchema = z.strictObject({ lastEventId: z.string().optional() });

/** The query of a stream of events. */
export type EventsQuery = z.infer<typeof eventsQuerySchema>;
