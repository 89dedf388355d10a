"""Amazon ECR: moto's repositories, with a registry behind them that Docker pushes to and pulls from."""
