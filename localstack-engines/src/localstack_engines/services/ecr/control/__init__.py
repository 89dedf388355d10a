"""What ECR does between its API and its engine."""
