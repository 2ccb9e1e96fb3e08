// Starts the components of GOV.UK Frontend; every page works without it.
import { initAll } from './govuk-frontend.min.js'

initAll()
