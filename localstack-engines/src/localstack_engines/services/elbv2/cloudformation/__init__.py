"""CloudFormation types of AWS::ElasticLoadBalancingV2."""
