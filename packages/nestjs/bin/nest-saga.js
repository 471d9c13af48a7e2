#!/usr/bin/env node
// Not the compiled file itself: npm links a command only to a file that is there when it installs.
import '../dist/cli/main.js';
