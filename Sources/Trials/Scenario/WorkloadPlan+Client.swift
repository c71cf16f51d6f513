import Client
import Primitives
import Scenarios

extension WorkloadPlan {
  /// What its clients are set to is judged with the cluster's settings.
  package var client: ClientPlan {
    switch role {
    case .produce: ClientPlan(name: name, kind: .producer, config: config, pollInterval: .zero, place: place)
    case .consume(let consume): ClientPlan(name: name, kind: .consumer, config: config, pollInterval: consume.pollInterval, place: place)
    }
  }
}

extension ClusterSettings {
  func producerConfiguration(of plan: WorkloadPlan) -> ProducerConfiguration { producerConfiguration(ofEntry: plan.name) }
  func consumerConfiguration(of plan: WorkloadPlan) -> ConsumerConfiguration { consumerConfiguration(ofEntry: plan.name) }
}
