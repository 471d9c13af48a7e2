/** Stands for a database: whoever makes one is heard. */
export class Connection {
  constructor() {
    console.log('a connection was made');
  }
}
