/// A topic that a trial begins with.
package struct TopicToCreate {
  package var name: String
  package var assignment: TopicPlan.Assignment
  package var config: [(String, String)]
}
