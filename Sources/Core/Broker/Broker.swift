// What this module guarantees: every advertised API is answered as a Kafka 4.3 broker answers it; malformed bytes end the
// connection they came on and nothing else.
