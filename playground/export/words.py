"""The text that most experiments share, as compression dictionaries for long share tokens.

Existing links are compressed with them, so none of them must ever change: new words go into a new one."""

_FIRST = (
    b'{"kind":"mnist_sample","train_size":,"imbalance":,"label_noise":,"standardise":true,"augmentations":},{"kind":"digits8"}'
    b',{"kind":"noisy_digits","noise":,"holes":,"seed":},{"kind":"shapes","label":"shape","label":"colour","label":"both","sam'
    b'ples":,"size":,"position":,"scale":,"turn":,"tint":,"clutter":,"test_share":},{"kind":"mnist"},{"kind":"fashion_mnist"},'
    b'{"kind":"kmnist"},{"kind":"cifar10"},{"kind":"circle"},{"kind":"xor"},{"kind":"gaussian"},{"kind":"spiral"},{"kind":"moo'
    b'ns"},{"kind":"three_blobs"},{"kind":"plane"},{"kind":"multi_gauss"},{"kind":"curve","function":"sine","function":"step",'
    b'"function":"polynomial","function":"damped","function":"absolute","function":"sawtooth","function":"bump","gap":,"gap_at'
    b'":"left","gap_at":"middle","gap_at":"right"},{"kind":"iris"},{"kind":"wine"},{"kind":"breast_cancer"},{"kind":"diabetes"'
    b'},{"kind":"own_table","key":,"called":,"features":,"labels":},{"kind":"own_images","side":,"colour":false},{"kind":"own_'
    b'points"},{"kind":"own_digits","beside":"none","beside":"mnist_sample"},{"kind":"constant"},{"kind":"cosine","floor":},{"'
    b'kind":"one_cycle","warmup":},{"kind":"warmup","share":,"then":"constant","then":"cosine"},{"kind":"cosine_restarts","fir'
    b'st":,"longer":},{"kind":"exponential","factor":},{"kind":"step","every":},{"kind":"plateau","patience":},{"kind":"cross_'
    b'entropy","label_smoothing":},{"kind":"bce"},{"kind":"weighted_cross_entropy","weights":},{"kind":"focal","gamma":,"alpha'
    b'":},{"kind":"kl_divergence","smoothing":},{"kind":"hinge","margin":,"squared":true},{"kind":"dice","smooth":},{"kind":"m'
    b'se"},{"kind":"mae"},{"kind":"huber","delta":},{"kind":"log_cosh"},{"kind":"cosine"},{"kind":"adam","lr":,"beta1":,"beta2'
    b'":},{"kind":"adamw","weight_decay":},{"kind":"sgd","momentum":,"nesterov":true},{"kind":"rmsprop","alpha":},{"kind":"nad'
    b'am","momentum_decay":},{"kind":"radam"},{"kind":"adagrad","lr_decay":},{"kind":"adadelta","rho":},{"kind":"lion"},{"kind'
    b'":"lbfgs","iterations":,"memory":,"line_search":false},{"kind":"rotation","probability":,"degrees":},{"kind":"affine","s'
    b'hift":,"scale":,"shear":},{"kind":"elastic","alpha":,"sigma":},{"kind":"crop","smallest":},{"kind":"perspective","distor'
    b'tion":},{"kind":"horizontal_flip"},{"kind":"vertical_flip"},{"kind":"brightness","strength":},{"kind":"contrast"},{"kind'
    b'":"colour_jitter","brightness":,"contrast":,"saturation":,"hue":},{"kind":"noise"},{"kind":"blur","weakest":,"strongest"'
    b':},{"kind":"erasing","area":},{"kind":"mixup"},{"kind":"cutmix"},{"kind":"dense","frozen":true,"init":"default","init":"'
    b'xavier_uniform","init":"xavier_normal","init":"he_uniform","init":"he_normal","init":"lecun_normal","init":"orthogonal",'
    b'"init":"zeros","init":"constant","init_value":,"bias":false,"l1":,"l2":,"units":},{"kind":"conv2d","filters":,"kernel":,'
    b'"stride":,"padding":"same","padding":"valid"},{"kind":"conv1d"},{"kind":"conv_transpose2d"},{"kind":"max_pool2d","size":'
    b'},{"kind":"avg_pool2d"},{"kind":"global_avg_pool2d"},{"kind":"adaptive_avg_pool2d"},{"kind":"max_pool1d"},{"kind":"flatt'
    b'en"},{"kind":"reshape","channels":,"height":,"width":},{"kind":"to_sequence","steps":"pixels","steps":"columns"},{"kind"'
    b':"upsample","factor":,"mode":"nearest","mode":"bilinear"},{"kind":"relu"},{"kind":"leaky_relu","slope":},{"kind":"prelu"'
    b',"per_channel":true},{"kind":"elu","alpha":},{"kind":"selu"},{"kind":"gelu"},{"kind":"silu"},{"kind":"mish"},{"kind":"so'
    b'ftplus","beta":},{"kind":"tanh"},{"kind":"hard_tanh","limit":},{"kind":"sigmoid"},{"kind":"softmax"},{"kind":"identity"}'
    b',{"kind":"dropout","rate":},{"kind":"dropout2d"},{"kind":"gaussian_noise","sigma":},{"kind":"batch_norm","momentum":},{"'
    b'kind":"layer_norm"},{"kind":"group_norm","groups":},{"kind":"residual","layers":},{"kind":"parallel","branch":,"join":"c'
    b'oncatenate","join":"add"},{"kind":"output"}"target_accuracy":,"patience":,"seconds":,"epochs":,"batch_size":,"seed":,"de'
    b'vice":,"threads":,"clip_norm":,"clip_value":,"ema":,"precision":,"stop":"filters":16,"kernel":5,"filters":32,"stride":2,'
    b'"filters":64,"units":128,{"kind":"batch_norm"},{"kind":"dropout","rate":0.3},{"kind":"tanh"},{"kind":"leaky_relu","slope'
    b'":0.1},{"kind":"max_pool2d"},{"kind":"conv2d","filters":8,"kernel":3},{"kind":"relu"},{"kind":"flatten"},{"kind":"dense"'
    b',"units":64},{"kind":"output"}],"loss":{"kind":"bce"},"optimizer":{"kind":"sgd","lr":0.03},"training":{"epochs":20,"batc'
    b'h_size":10,"seed":1,"device":"cpu"}}{"version":1,"data":{"kind":"circle"},"network":[{"kind":"conv2d","filters":12},{"ki'
    b'nd":"relu"},{"kind":"flatten"},{"kind":"dense","units":32},{"kind":"output"}],"loss":{"kind":"cross_entropy"},"optimizer'
    b'":{"kind":"adam","lr":0.003},"schedule":{"kind":"one_cycle"},"training":{"epochs":5}}{"version":1,"data":{"kind":"mnist_'
    b'sample","augmentations":[{"kind":"rotation"},"network":['
)

_SEQUENCES = (
    b'{"kind":"japanese_vowels"},{"kind":"basic_motions"},{"kind":"gun_point"},{"kind":"waves","steps":,"waves":,"period":,"window":,'
    b'"horizon":},{"kind":"airline"},{"kind":"heartbeats"},{"kind":"adding","length":},{"kind":"parity","shortest":,"answers":"steps"},'
    b'{"kind":"brackets","kinds":},{"kind":"rearranging","how":"copy","how":"sort","symbols":,"answers":"after"},{"kind":"sentences",'
    b'"negation":,"intensifiers":},{"kind":"python_docs"},{"kind":"layer_norm","over":"all"},{"kind":"embedding","width":},{"kind":'
    b'"positions","how":"sinusoidal","how":"rotary","how":"none"},{"kind":"rnn"},{"kind":"gru"},{"kind":"lstm","frozen":true,"units":,'
    b'"layers":,"bidirectional":true,"returns":"all"},{"kind":"attention","heads":,"causal":true},{"kind":"transformer_block",'
    b'"frozen":true,"heads":,"causal":true,"expansion":,"dropout":},{"kind":"patches","size":,"width":},{"kind":"class_token"},'
    b'{"kind":"sequence_pool","how":"max","how":"first","how":"last"},{"version":2,'
)

DICTIONARIES = (_FIRST, _SEQUENCES + _FIRST)
"""From the oldest to the newest, with which links are made."""
