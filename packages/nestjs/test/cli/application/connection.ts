/** Stands for a database: every construction is printed. */
export class Connection {
  constructor() {
    console.log('a connection was made');
  }
}
