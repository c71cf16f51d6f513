// What this module guarantees: producer, consumer and admin behave as applications know them from Kafka's own clients, with the
// same settings, defaults and errors.
