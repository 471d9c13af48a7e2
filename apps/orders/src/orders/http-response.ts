/** The part of the platform's response that the orders need. */
export interface HttpResponse {
  status(code: number): this;
  setHeader(name: string, value: string): this;
}
