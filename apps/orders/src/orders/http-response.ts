/** As much of the platform's response as the orders need. */
export interface HttpResponse {
  status(code: number): this;
  setHeader(name: string, value: string): this;
}
