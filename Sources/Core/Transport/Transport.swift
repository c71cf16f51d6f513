// What this module guarantees: requests and responses travel as real Kafka frames; each response finds its request or the
// request fails; a server answers the requests of one connection one at a time and in their order.
