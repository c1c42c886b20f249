// What a test finds in the page: the client, bundled as an application would bundle it.

import * as sdk from 'alfresco-js-api-10';

globalThis.sdk = sdk;
