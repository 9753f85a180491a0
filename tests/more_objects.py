"""Further objects with fields that few write."""

from __future__ import annotations

from mutations import LABELS, Object

_META = {"name": "web", "labels": LABELS}
_CLAIM = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}


def _deployment(spec: Object) -> Object:
    template = {"metadata": {"labels": LABELS}, "spec": spec}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": _META,
        "spec": {"selector": {"matchLabels": LABELS}, "template": template},
    }


_RARE: Object = {
    "os": {"name": "linux"},
    "hostnameOverride": "web",
    "setHostnameAsFQDN": False,
    "preemptionPolicy": "Never",
    "priority": 5,
    "overhead": {"cpu": "100m"},
    "readinessGates": [{"conditionType": "example.com/ready"}],
    "schedulingGates": [{"name": "example.com/gate"}],
    "schedulerName": "other",
    "shareProcessNamespace": True,
    "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2", "memory": "1Gi"}},
    "resourceClaims": [
        {"name": "gpu", "resourceClaimName": "gpu"},
        {"name": "net", "resourceClaimTemplateName": "net"},
    ],
    "tolerations": [{"operator": "Exists"}],
    "topologySpreadConstraints": [
        {
            "maxSkew": 2,
            "topologyKey": "zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "nodeAffinityPolicy": "Honor",
            "nodeTaintsPolicy": "Ignore",
            "matchLabelKeys": ["pod-template-hash"],
            "labelSelector": {"matchLabels": LABELS},
        },
        {
            "maxSkew": 1,
            "topologyKey": "rack",
            "whenUnsatisfiable": "DoNotSchedule",
            "minDomains": 2,
        },
    ],
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [
                    {"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n"]}]}
                ]
            }
        },
        "podAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {
                    "topologyKey": "zone",
                    "labelSelector": {"matchLabels": LABELS},
                    "namespaceSelector": {},
                    "matchLabelKeys": ["pod-template-hash"],
                    "mismatchLabelKeys": ["tier"],
                }
            ]
        },
    },
    "securityContext": {
        "seLinuxOptions": {"level": "s0:c1", "role": "r", "type": "t", "user": "u"},
        "appArmorProfile": {"type": "Localhost", "localhostProfile": "a"},
        "supplementalGroupsPolicy": "Strict",
        "seLinuxChangePolicy": "Recursive",
    },
    "initContainers": [
        {
            "name": "init",
            "image": "a",
            "volumeMounts": [{"name": "scratch", "mountPath": "/a", "subPathExpr": "$(A)"}],
            "resources": {"limits": {"hugepages-2Mi": "4Mi", "memory": "1Gi"}},
        }
    ],
    "containers": [
        {
            "name": "web",
            "image": "a",
            "restartPolicy": "Never",
            "restartPolicyRules": [
                {"action": "Restart", "exitCodes": {"operator": "In", "values": [42]}}
            ],
            "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}],
            "resources": {"claims": [{"name": "gpu", "request": "one"}]},
            "stdin": True,
            "stdinOnce": True,
            "tty": True,
            "terminationMessagePath": "/log",
            "env": [
                {
                    "name": "A",
                    "valueFrom": {
                        "fileKeyRef": {
                            "volumeName": "scratch",
                            "path": "a.env",
                            "key": "A",
                            "optional": True,
                        }
                    },
                },
                {
                    "name": "B",
                    "valueFrom": {
                        "resourceFieldRef": {
                            "containerName": "web",
                            "resource": "requests.memory",
                            "divisor": "1Mi",
                        }
                    },
                },
            ],
            "securityContext": {
                "privileged": True,
                "procMount": "Default",
                "appArmorProfile": {"type": "RuntimeDefault"},
                "seLinuxOptions": {"level": "s0"},
            },
            "volumeMounts": [
                {
                    "name": "scratch",
                    "mountPath": "/scratch",
                    "readOnly": True,
                    "recursiveReadOnly": "IfPossible",
                },
                {"name": "image", "mountPath": "/image"},
                {"name": "host", "mountPath": "/host", "mountPropagation": "Bidirectional"},
            ],
            "volumeDevices": [{"name": "block", "devicePath": "/dev/b"}],
            "lifecycle": {
                "stopSignal": "SIGTERM",
                "preStop": {"httpGet": {"port": 80, "host": "a"}},
                "postStart": {"tcpSocket": {"port": "http", "host": "a"}},
            },
            "livenessProbe": {"grpc": {"port": 9000}},
        }
    ],
    "volumes": [
        {"name": "scratch", "emptyDir": {}},
        {"name": "host", "hostPath": {"path": "/a"}},
        {"name": "image", "image": {"reference": "a:1", "pullPolicy": "Always"}},
        {
            "name": "block",
            "ephemeral": {"volumeClaimTemplate": {"spec": {**_CLAIM, "volumeMode": "Block"}}},
        },
        {
            "name": "ephemeral",
            "ephemeral": {"volumeClaimTemplate": {"metadata": {"labels": LABELS}, "spec": _CLAIM}},
        },
        {
            "name": "csi",
            "csi": {
                "driver": "csi.example.com",
                "readOnly": True,
                "fsType": "ext4",
                "nodePublishSecretRef": {"name": "a"},
            },
        },
        {
            "name": "all",
            "projected": {
                "sources": [
                    {
                        "downwardAPI": {
                            "items": [{"path": "a", "fieldRef": {"fieldPath": "metadata.name"}}]
                        }
                    },
                    {"configMap": {"name": "a", "optional": True}},
                    {"clusterTrustBundle": {"name": "a", "path": "ca"}},
                    {
                        "clusterTrustBundle": {
                            "signerName": "example.com/a",
                            "labelSelector": {},
                            "path": "cb",
                        }
                    },
                    {"serviceAccountToken": {"path": "t", "audience": "a"}},
                    {
                        "podCertificate": {
                            "signerName": "example.com/a",
                            "keyType": "ED25519",
                            "credentialBundlePath": "bundle.pem",
                            "maxExpirationSeconds": 3600,
                        }
                    },
                ]
            },
        },
        {
            "name": "iscsi",
            "iscsi": {
                "targetPortal": "10.0.0.1:3260",
                "iqn": "iqn.2001-04.com.example:a",
                "lun": 0,
            },
        },
        {"name": "fc", "fc": {"targetWWNs": ["50060e801049cfd1"], "lun": 0}},
        {"name": "rbd", "rbd": {"monitors": ["10.0.0.1"], "image": "a"}},
        {"name": "azure", "azureFile": {"secretName": "a", "shareName": "b"}},
        {
            "name": "disk",
            "azureDisk": {"diskName": "a", "diskURI": "/subscriptions/a", "kind": "Managed"},
        },
        {"name": "ceph", "cephfs": {"monitors": ["a"]}},
        {"name": "cinder", "cinder": {"volumeID": "a"}},
        {"name": "flex", "flexVolume": {"driver": "a/b"}},
        {"name": "gce", "gcePersistentDisk": {"pdName": "a"}},
        {"name": "aws", "awsElasticBlockStore": {"volumeID": "a"}},
        {"name": "vsphere", "vsphereVolume": {"volumePath": "a"}},
        {"name": "git", "gitRepo": {"repository": "a"}},
        {"name": "gluster", "glusterfs": {"endpoints": "a", "path": "b"}},
        {"name": "photon", "photonPersistentDisk": {"pdID": "a"}},
        {"name": "portworx", "portworxVolume": {"volumeID": "a"}},
        {"name": "quobyte", "quobyte": {"registry": "a:1", "volume": "b"}},
        {
            "name": "scale",
            "scaleIO": {
                "gateway": "a",
                "system": "b",
                "volumeName": "c",
                "secretRef": {"name": "d"},
            },
        },
        {"name": "storage", "storageos": {"volumeName": "a"}},
        {"name": "flocker", "flocker": {"datasetName": "a"}},
    ],
}
_WINDOWS: Object = {
    "os": {"name": "windows"},
    "hostNetwork": True,
    "securityContext": {
        "runAsNonRoot": True,
        "windowsOptions": {"hostProcess": True, "runAsUserName": "NT AUTHORITY\\SYSTEM"},
    },
    "containers": [
        {
            "name": "web",
            "image": "a",
            "securityContext": {
                "windowsOptions": {
                    "runAsUserName": "a",
                    "gmsaCredentialSpecName": "a",
                    "hostProcess": True,
                }
            },
        }
    ],
}
_PLAIN_POD: Object = {
    "containers": [{"name": "web", "image": "a", "ports": [{"containerPort": 80, "name": "http"}]}]
}
_HOST_POD: Object = {
    "hostNetwork": True,
    "hostIPC": True,
    "dnsPolicy": "ClusterFirstWithHostNet",
    "containers": [{"name": "web", "image": "a", "ports": [{"containerPort": 80, "hostPort": 80}]}],
}


def _service(**spec: object) -> Object:
    return {"apiVersion": "v1", "kind": "Service", "metadata": _META, "spec": spec}


def _job(spec: Object) -> Object:
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": _META, "spec": spec}


_END: Object = {
    "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]},
    "metadata": {"labels": LABELS},
}
_RESOURCE = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 5}},
}
_ROUTE_BACKEND = {"name": "web", "port": 80}


def _route(*rules: Object) -> Object:
    return {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "HTTPRoute",
        "metadata": _META,
        "spec": {"parentRefs": [{"name": "a"}], "rules": list(rules)},
    }


MORE: dict[str, Object] = {
    "rare": _deployment(_RARE),
    "windows": _deployment(_WINDOWS),
    "plain": _deployment(_PLAIN_POD),
    "host": _deployment(_HOST_POD),
    "user": _deployment({**_PLAIN_POD, "hostUsers": False}),
    "bare": {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": _META,
        "spec": {
            "serviceAccountName": "web",
            "restartPolicy": "OnFailure",
            "activeDeadlineSeconds": 5,
            **_PLAIN_POD,
        },
    },
    "headless": _service(
        clusterIP="None",
        selector=LABELS,
        ipFamilies=["IPv4"],
        ipFamilyPolicy="SingleStack",
        ports=[{"port": 80}],
    ),
    "external_name": _service(type="ExternalName", externalName="db.example.com"),
    "node_port": _service(
        type="NodePort",
        externalTrafficPolicy="Local",
        externalIPs=["10.9.8.7"],
        ports=[
            {"name": "a", "port": 80, "nodePort": 30080},
            {"name": "b", "port": 80, "protocol": "UDP"},
        ],
    ),
    "balancer": _service(
        type="LoadBalancer",
        allocateLoadBalancerNodePorts=False,
        loadBalancerIP="10.0.0.9",
        healthCheckNodePort=30090,
        externalTrafficPolicy="Local",
        ports=[{"port": 80}],
    ),
    "cluster_ip": _service(ports=[{"port": 80}], selector=LABELS),
    "basic_ingress": {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {**_META, "annotations": {"kubernetes.io/ingress.class": "nginx"}},
        "spec": {
            "rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "pathType": "ImplementationSpecific",
                                "backend": {
                                    "resource": {
                                        "apiGroup": "k8s.example.com",
                                        "kind": "A",
                                        "name": "b",
                                    }
                                },
                            }
                        ]
                    }
                }
            ]
        },
    },
    "basic_secret": {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _META,
        "type": "kubernetes.io/basic-auth",
        "stringData": {"username": "a"},
    },
    "docker_secret": {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _META,
        "type": "kubernetes.io/dockerconfigjson",
        "data": {".dockerconfigjson": "e30="},
    },
    "ssh_secret": {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": _META,
        "type": "kubernetes.io/ssh-auth",
        "data": {"ssh-privatekey": "YQ=="},
    },
    "restored_claim": {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": _META,
        "spec": {
            **_CLAIM,
            "volumeName": "a",
            "dataSource": {
                "apiGroup": "snapshot.storage.k8s.io",
                "kind": "VolumeSnapshot",
                "name": "a",
            },
            "volumeAttributesClassName": "fast",
        },
    },
    "cloned_claim": {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": _META,
        "spec": {**_CLAIM, "dataSourceRef": {"kind": "PersistentVolumeClaim", "name": "a"}},
    },
    "indexed_job": _job(
        {
            "completions": 3,
            "parallelism": 2,
            "completionMode": "Indexed",
            "backoffLimitPerIndex": 1,
            "maxFailedIndexes": 2,
            "suspend": True,
            "managedBy": "example.com/a",
            "successPolicy": {"rules": [{"succeededIndexes": "0-1", "succeededCount": 1}]},
            "podFailurePolicy": {
                "rules": [
                    {
                        "action": "FailIndex",
                        "onExitCodes": {"containerName": "a", "operator": "NotIn", "values": [0]},
                    },
                    {"action": "Count", "onPodConditions": [{"type": "DisruptionTarget"}]},
                ]
            },
            "template": _END,
        }
    ),
    "plain_job": _job({"template": _END}),
    "manual_job": _job(
        {"manualSelector": True, "selector": {"matchLabels": LABELS}, "template": _END}
    ),
    "full_cron_job": {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": _META,
        "spec": {
            "schedule": "@daily",
            "jobTemplate": {
                "metadata": {"labels": LABELS},
                "spec": {"template": _END, "ttlSecondsAfterFinished": 5},
            },
        },
    },
    "partitioned_set": {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": _META,
        "spec": {
            "serviceName": "web",
            "ordinals": {"start": 1},
            "minReadySeconds": 5,
            "revisionHistoryLimit": 2,
            "updateStrategy": {
                "type": "RollingUpdate",
                "rollingUpdate": {"partition": 1, "maxUnavailable": 1},
            },
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": _PLAIN_POD},
            "volumeClaimTemplates": [
                {
                    "apiVersion": "v1",
                    "kind": "PersistentVolumeClaim",
                    "metadata": {"name": "a"},
                    "spec": _CLAIM,
                },
                {"metadata": {"name": "b"}, "spec": _CLAIM},
            ],
        },
    },
    "on_delete_set": {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": _META,
        "spec": {
            "updateStrategy": {"type": "OnDelete"},
            "selector": {"matchLabels": LABELS},
            "template": {"metadata": {"labels": LABELS}, "spec": _HOST_POD},
        },
    },
    "object_autoscaler": {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": _META,
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "maxReplicas": 3,
            "metrics": [
                {
                    "type": "Object",
                    "object": {
                        "describedObject": {
                            "apiVersion": "networking.k8s.io/v1",
                            "kind": "Ingress",
                            "name": "a",
                        },
                        "metric": {"name": "rps"},
                        "target": {"type": "Value", "value": "10"},
                    },
                },
                {
                    "type": "ContainerResource",
                    "containerResource": {
                        "name": "cpu",
                        "container": "a",
                        "target": {"type": "AverageValue", "averageValue": "1"},
                    },
                },
                _RESOURCE,
            ],
            "behavior": {
                "scaleUp": {
                    "tolerance": "0.1",
                    "policies": [{"type": "Percent", "value": 5, "periodSeconds": 5}],
                },
                "scaleDown": {"selectPolicy": "Disabled"},
            },
        },
    },
    "least_budget": {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": _META,
        "spec": {"minAvailable": 1},
    },
    "named_policy": {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": _META,
        "spec": {
            "podSelector": {},
            "ingress": [{}],
            "egress": [
                {
                    "to": [{"namespaceSelector": {}}, {"ipBlock": {"cidr": "fd00::/8"}}],
                    "ports": [{"port": "a"}],
                }
            ],
        },
    },
    "cluster_role": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": _META,
        "rules": [{"nonResourceURLs": ["/healthz"], "verbs": ["get"]}],
    },
    "sum_of_roles": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": _META,
        "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": LABELS}]},
    },
    "cluster_role_binding": {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": _META,
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "web"},
        "subjects": [
            {"kind": "Group", "name": "a"},
            {"kind": "ServiceAccount", "name": "a", "namespace": "b"},
        ],
    },
    "rich_account": {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"generateName": "web-", "finalizers": ["example.com/a"]},
        "secrets": [{"name": "a"}],
    },
    "mirror": _route(
        {
            "filters": [
                {
                    "type": "RequestMirror",
                    "requestMirror": {"backendRef": _ROUTE_BACKEND, "percent": 5},
                },
                {
                    "type": "ResponseHeaderModifier",
                    "responseHeaderModifier": {"set": [{"name": "a", "value": "b"}]},
                },
                {
                    "type": "ExtensionRef",
                    "extensionRef": {"group": "a.b", "kind": "A", "name": "c"},
                },
            ],
            "backendRefs": [
                {
                    **_ROUTE_BACKEND,
                    "filters": [
                        {
                            "type": "RequestHeaderModifier",
                            "requestHeaderModifier": {"remove": ["a"]},
                        }
                    ],
                }
            ],
        }
    ),
    "matches": _route(
        {
            "matches": [
                {"path": {"type": "RegularExpression", "value": "/a.*"}},
                {"headers": [{"type": "RegularExpression", "name": "a", "value": "b"}]},
            ],
            "backendRefs": [_ROUTE_BACKEND, {"group": "a.b", "kind": "Other", "name": "c"}],
        },
        {},
    ),
    "replicas": {**_deployment(_PLAIN_POD), "kind": "ReplicaSet"},
    "first_autoscaler": {
        "apiVersion": "autoscaling/v1",
        "kind": "HorizontalPodAutoscaler",
        "metadata": _META,
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": 1,
            "maxReplicas": 3,
            "targetCPUUtilizationPercentage": 80,
        },
    },
    "namespace": {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": _META,
        "spec": {"finalizers": ["kubernetes"]},
    },
    "volume": {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": _META,
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "fast",
            "volumeMode": "Filesystem",
            "mountOptions": ["a"],
            "nfs": {"server": "nas", "path": "/a"},
        },
    },
    "local_volume": {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": _META,
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "local": {"path": "/a"},
            "claimRef": {"name": "a", "namespace": "b"},
            "nodeAffinity": {
                "required": {
                    "nodeSelectorTerms": [
                        {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}
                    ]
                }
            },
        },
    },
    "driver_volume": {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": _META,
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "capacity": {"storage": "1Gi"},
            "csi": {"driver": "csi.example.com", "volumeHandle": "a"},
        },
    },
    "limit_range": {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": _META,
        "spec": {
            "limits": [
                {
                    "type": "Container",
                    "max": {"cpu": "2"},
                    "min": {"cpu": "100m"},
                    "default": {"cpu": "1"},
                    "defaultRequest": {"cpu": "500m"},
                    "maxLimitRequestRatio": {"cpu": "4"},
                },
                {"type": "Pod", "max": {"memory": "1Gi"}},
                {"type": "PersistentVolumeClaim", "min": {"storage": "1Gi"}},
            ]
        },
    },
    "quota": {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": _META,
        "spec": {
            "hard": {"pods": "5", "requests.cpu": "2", "limits.memory": "1Gi"},
            "scopes": ["NotTerminating"],
            "scopeSelector": {
                "matchExpressions": [
                    {"scopeName": "PriorityClass", "operator": "In", "values": ["high"]}
                ]
            },
        },
    },
    "priority": {
        "apiVersion": "scheduling.k8s.io/v1",
        "kind": "PriorityClass",
        "metadata": _META,
        "value": 5,
        "globalDefault": False,
        "description": "a",
        "preemptionPolicy": "Never",
    },
    "storage": {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": _META,
        "provisioner": "csi.example.com",
        "parameters": {"a": "b"},
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
        "mountOptions": ["a"],
        "allowedTopologies": [{"matchLabelExpressions": [{"key": "zone", "values": ["a"]}]}],
    },
    "ingress_class": {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "IngressClass",
        "metadata": _META,
        "spec": {
            "controller": "example.com/a",
            "parameters": {
                "apiGroup": "k8s.example.com",
                "kind": "A",
                "name": "b",
                "scope": "Cluster",
            },
        },
    },
    "virtual_service": {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": _META,
        "spec": {
            "hosts": ["a.example.com"],
            "gateways": ["infra/public"],
            "exportTo": ["."],
            "http": [
                {
                    "name": "first",
                    "match": [
                        {
                            "uri": {"prefix": "/a"},
                            "method": {"exact": "GET"},
                            "headers": {"a": {"regex": "b.*"}},
                            "queryParams": {"a": {"exact": "b"}},
                            "port": 80,
                            "ignoreUriCase": True,
                        }
                    ],
                    "rewrite": {"uri": "/"},
                    "timeout": "30s",
                    "retries": {"attempts": 3, "perTryTimeout": "2s", "retryOn": "5xx"},
                    "fault": {
                        "delay": {"percentage": {"value": 0.1}, "fixedDelay": "5s"},
                        "abort": {"percentage": {"value": 1}, "httpStatus": 400},
                    },
                    "mirror": {"host": "b"},
                    "corsPolicy": {
                        "allowOrigins": [{"exact": "https://a"}],
                        "allowMethods": ["GET"],
                        "maxAge": "24h",
                        "allowCredentials": True,
                    },
                    "headers": {"request": {"set": {"a": "b"}, "remove": ["c"]}},
                    "route": [
                        {
                            "destination": {"host": "web", "port": {"number": 80}, "subset": "v1"},
                            "weight": 100,
                        }
                    ],
                },
                {"redirect": {"uri": "/b", "redirectCode": 302, "port": 8080}},
                {"directResponse": {"status": 200, "body": {"string": "a"}}},
            ],
            "tcp": [{"match": [{"port": 5}], "route": [{"destination": {"host": "a"}}]}],
            "tls": [{"match": [{"sniHosts": ["a.b"]}], "route": [{"destination": {"host": "a"}}]}],
        },
    },
    "istio_gateway": {
        "apiVersion": "networking.istio.io/v1",
        "kind": "Gateway",
        "metadata": _META,
        "spec": {
            "selector": {"istio": "gateway"},
            "servers": [
                {
                    "port": {"number": 443, "name": "https", "protocol": "HTTPS"},
                    "hosts": ["*.example.com"],
                    "tls": {
                        "mode": "SIMPLE",
                        "credentialName": "a",
                        "minProtocolVersion": "TLSV1_2",
                    },
                }
            ],
        },
    },
    "external_secret": {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": _META,
        "spec": {
            "refreshInterval": "1h",
            "refreshPolicy": "Periodic",
            "secretStoreRef": {"kind": "ClusterSecretStore", "name": "a"},
            "target": {
                "name": "web",
                "creationPolicy": "Owner",
                "deletionPolicy": "Retain",
                "template": {"type": "Opaque", "engineVersion": "v2", "data": {"a": "{{ .b }}"}},
            },
            "data": [
                {"secretKey": "a", "remoteRef": {"key": "b", "property": "c", "version": "1"}}
            ],
            "dataFrom": [
                {"extract": {"key": "a"}},
                {
                    "find": {"name": {"regexp": "a"}},
                    "rewrite": [{"regexp": {"source": "a", "target": "b"}}],
                },
            ],
        },
    },
    "gateway": {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": _META,
        "spec": {
            "gatewayClassName": "a",
            "listeners": [
                {
                    "name": "https",
                    "port": 443,
                    "protocol": "HTTPS",
                    "hostname": "*.example.com",
                    "tls": {"mode": "Terminate", "certificateRefs": [{"name": "a"}]},
                    "allowedRoutes": {"namespaces": {"from": "All"}},
                },
                {"name": "http", "port": 80, "protocol": "HTTP"},
            ],
        },
    },
    "grpc_route": {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "GRPCRoute",
        "metadata": _META,
        "spec": {
            "parentRefs": [{"name": "a"}],
            "hostnames": ["a.example.com"],
            "rules": [
                {
                    "matches": [
                        {
                            "method": {"service": "a.B", "method": "C"},
                            "headers": [{"name": "a", "value": "b"}],
                        }
                    ],
                    "filters": [
                        {
                            "type": "RequestHeaderModifier",
                            "requestHeaderModifier": {"remove": ["a"]},
                        }
                    ],
                    "backendRefs": [{"name": "web", "port": 9000, "weight": 1}],
                }
            ],
        },
    },
}
