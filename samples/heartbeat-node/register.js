'use strict';

// node -r wercker-heartbeat/register app.js
require('./index').start();
