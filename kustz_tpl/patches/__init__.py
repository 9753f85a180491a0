"""What kustz.yml says in Kubernetes' own words: pass-through fields, patches, further resources."""
