/// A topic that exists when a trial begins.
package struct TopicToCreate {
  package var name: String
  package var assignment: TopicPlan.Assignment
  package var config: [(String, String)]
}
